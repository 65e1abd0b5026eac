/// All checkers, by subject. Invariants of the whole world are in the shell:
/// `RunsEnd` and `RunsGoOn` (a session's steps and time), `SameEnd` (`SeedTrial`),
/// `ManifestsAreRead` (`ManifestTrial`), `TextsAreRead` (`TextTrial`), and `MemoryEqualsReplay`,
/// which asks the product's own replay and so proves nothing by itself.
enum Checkers {
    static var all: [any Checker.Type] {
        [
            // Requests
            RequestsNameTheirRows.self, OneSendingPerAttempt.self, DurableBeforeEffect.self,
            SettledItemsRest.self, FirstCallAlone.self, AddedListsByOne.self,
            FirstDelinkReadBack.self, TargetKept.self,
            RoundsAreSerial.self, LongCallsAreShortened.self,
            // Limits
            ConcurrencyKept.self, CallsPerMinuteKept.self, PausesKept.self, WindowKept.self,
            CallBudgetKept.self, CreditsReserved.self, RetriesAreBounded.self, RetriesArePaced.self,
            RetriesAreSpent.self,
            TokenExchangesBounded.self, TokensAreRenewedForAReason.self,
            // Stops
            HaltsAreSticky.self, RecordDeletedHalts.self, FailuresHalt.self, AbsentItemsHalt.self,
            KindsStopForAReason.self, StopsHaveReasons.self, SignalsDrain.self,
            OutagesCostNoItem.self, TroublesEndRuns.self, DiskErrorsStop.self,
            // Accounts
            JournalIsOrdered.self, DamageIsRefused.self, OutcomesMatchLedger.self,
            GoodItemsDoNotFail.self, PagesListEachOnce.self, RoundsAccounted.self,
            SummariesAreTrue.self, DoubtHasReason.self, RetryReopens.self,
            StartsAreDecided.self, ListsEndAsTold.self,
        ]
    }

    /// All names, including those in the shell.
    static var names: [String] {
        all.map { "\($0)" }
            + ["RunsEnd", "RunsGoOn", "SameEnd", ManifestTrial.checker, TextTrial.checker]
            + ["MemoryEqualsReplay"]
    }
}
