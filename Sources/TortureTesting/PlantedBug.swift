/// A mutation of the test shell, or of what passes between engine and world, to prove
/// that a checker finds it.
package enum PlantedBug: String, CaseIterable, Sendable {
    /// Records are reported durable when written, before they are synced.
    case countsEarly = "counts-early"
    /// A successful request is sent again, as by an HTTP library that retries by itself.
    case resendsAfterSuccess = "resends-after-success"
    /// A resume loses a durable outcome.
    case forgetsOutcomes = "forgets-outcomes"
    /// A round left unanswered by a killed process is counted as harmless.
    case forgetsRounds = "forgets-rounds"
    /// Halt records are written as pauses.
    case forgetsHalts = "forgets-halts"
    /// A halted run is resumed without `--override-halt`.
    case carriesHaltedRunsOn = "carries-halted-runs-on"
    /// A success that says `record deleted` does not halt.
    case ignoresRecordDeleted = "ignores-record-deleted"
    /// The engine receives an answer too early.
    case answersEarly = "answers-early"
    /// A trial call is considered answered by another call's answer.
    case judgesByFault = "judges-by-fault"
    /// The first success of a kind counts as proof without read-back.
    case skipsReadBack = "skips-read-back"
    /// A list added by the settings is treated as documented.
    case trustsAddedLists = "trusts-added-lists"
    /// A request loses its last path segment or its ids.
    case losesIDs = "loses-ids"
    /// A request asks for an id that no row names.
    case asksForOthers = "asks-for-others"
    /// An update has another row's body.
    case mixesBodies = "mixes-bodies"
    /// The concurrency limit is exceeded by one.
    case exceedsConcurrency = "exceeds-concurrency"
    /// The calls-per-minute limit is ignored.
    case ignoresCallsPerMinute = "ignores-calls-per-minute"
    /// The pause after a 429 is too short.
    case shortensPauses = "shortens-pauses"
    /// A restart forgets requested pauses.
    case forgetsPauses = "forgets-pauses"
    /// `--until` is ignored.
    case ignoresWindow = "ignores-window"
    /// `--max-calls` is ignored.
    case ignoresCallBudget = "ignores-call-budget"
    /// A restart forgets the calls of the last day.
    case forgetsCalls = "forgets-calls"
    /// The remaining credits are ignored.
    case ignoresCredits = "ignores-credits"
    /// `--max-failures` is ignored.
    case ignoresFailures = "ignores-failures"
    /// `--max-absent` is ignored.
    case ignoresAbsent = "ignores-absent"
    /// A refusal of a kind is treated as one of the call's items.
    case ignoresStoppedKinds = "ignores-stopped-kinds"
    /// A single permission refusal stops the kind.
    case stopsKindsTooEarly = "stops-kinds-too-early"
    /// A refusal of one of several ids is treated as one of the parent.
    case failsGoodItems = "fails-good-items"
    /// A refused element is treated as a success.
    case believesFailures = "believes-failures"
    /// The journal does not say that an attempt may have acted.
    case forgetsDoubt = "forgets-doubt"
    /// A page's first child is lost.
    case losesChildren = "loses-children"
    /// A page's children are listed again.
    case listsTwice = "lists-twice"
    /// An answer is journalled after the stop record.
    case writesBehindStop = "writes-behind-stop"
    /// An incomplete run exits 0.
    case saysDone = "says-done"
    /// A run whose rows were skipped ends with 0.
    case forgetsSkipped = "forgets-skipped"
    /// The summary has too few calls.
    case miscounts = "miscounts"
    /// A signal is lost.
    case losesSignals = "loses-signals"
    /// The engine's timers never fire.
    case losesTimers = "loses-timers"
    /// The engine stops without reason.
    case stopsWithoutReason = "stops-without-reason"
    /// Calls are retried more often than `--retries` allows.
    case retriesTooOften = "retries-too-often"
    /// A start with another target is not refused.
    case ignoresTarget = "ignores-target"
    /// A damaged journal is truncated and accepted.
    case ignoresDamage = "ignores-damage"
    /// A token is exchanged while another process does so.
    case ignoresTokenLock = "ignores-token-lock"
    /// A process forgets the number of exchanges.
    case forgetsExchanges = "forgets-exchanges"
    /// A valid token is exchanged.
    case refreshesGoodTokens = "refreshes-good-tokens"
    /// Tokens are renewed ahead although few exchanges are left.
    case renewsTooOften = "renews-too-often"
    /// A restart treats an open item as failed.
    case inventsOutcomes = "invents-outcomes"
    /// A fault of a failing service makes its call's items unknown.
    case chargesOutages = "charges-outages"
    /// The retry budget has no limit.
    case ignoresRetryBudget = "ignores-retry-budget"
    /// A call gets one retry less than `--retries` says.
    case givesCallsUpTooEarly = "gives-calls-up-too-early"
    /// A failing service is given up after seconds.
    case givesServicesUpTooEarly = "gives-services-up-too-early"
    /// A service that throttles counts as used up after seconds.
    case stopsAtThrottles = "stops-at-throttles"
    /// A relation that is already gone counts as failed.
    case failsAbsentItems = "fails-absent-items"
    /// Rounds of two reports are sent before one was answered.
    case judgesRoundsEarly = "judges-rounds-early"
    /// A start forgets the retries that were spent.
    case forgetsRetries = "forgets-retries"
    /// A failing service is still asked for hours.
    case ignoresGiveUp = "ignores-give-up"
    /// A service that throttles is still asked for a day.
    case ignoresOutOfCalls = "ignores-out-of-calls"
    /// A 429 that asks for no pause makes none.
    case ignoresBackoff = "ignores-backoff"
    /// A 429 does not lower the number of calls in flight.
    case keepsConcurrency = "keeps-concurrency"
    /// A start forgets what was sent in the last minute.
    case forgetsSendings = "forgets-sendings"
    /// A start forgets the failures of earlier processes.
    case forgetsFailures = "forgets-failures"
    /// A start forgets how many items were absent.
    case forgetsAbsent = "forgets-absent"
    /// A start forgets which items may have been changed.
    case forgetsDoubtAtStart = "forgets-doubt-at-start"
    /// An item that was absent from the start is reported as absent after a doubt.
    case inventsDoubt = "invents-doubt"
    /// Writing continues after a disk error.
    case ignoresDiskErrors = "ignores-disk-errors"
    /// A torn end of a journal is treated as damage.
    case refusesTornTails = "refuses-torn-tails"
    /// `--retry` opens nothing.
    case ignoresRetry = "ignores-retry"
    /// `--retry` opens other items too.
    case reopensTooMuch = "reopens-too-much"
    /// A row of Creator may delete more than its `max_records`.
    case passesMaximumRecords = "passes-max-records"
    /// A round in doubt counts as nothing.
    case forgetsUnaccounted = "forgets-unaccounted"
    /// A round goes over a connection that was used before.
    case reusesConnections = "reuses-connections"
    /// A round forgets its environment.
    case losesEnvironment = "loses-environment"
    /// A round forgets the user as which it deletes.
    case losesDemoUser = "loses-demo-user"
    /// A round starts workflows that its row does not want.
    case startsWorkflows = "starts-workflows"
    /// A start with another OAuth client is not refused.
    case ignoresClient = "ignores-client"
    /// A run is halted one failed item too early.
    case haltsTooEarly = "halts-too-early"
    /// A manifest with a fault is not refused.
    case acceptsFaults = "accepts-faults"
    /// An item of a manifest is read as another.
    case mistakesIDs = "mistakes-ids"
    /// An address of a service is read as another.
    case mistakesAddresses = "mistakes-addresses"
    /// After a refusal for their length calls stay as long as they were.
    case forgetsLengths = "forgets-lengths"
    /// A start runs a finished manifest again.
    case runsFinishedAgain = "runs-finished-again"
    /// The announcement of more records is ignored.
    case forgetsMore = "forgets-more"
    /// A violated precondition ends the process.
    case traps

    /// For a bug that cannot show with three items: how many it needs, and why.
    package var largerWorld: (items: Int, reason: String)? {
        switch self {
        case .forgetsLengths:
            (
                4,
                "a call of two at least is refused for its length, and a later call of the kind "
                    + "has more than half as many"
            )
        default: nil
        }
    }

    /// The checker that must find it alone; nil for a trap.
    package var checker: String? {
        switch self {
        case .countsEarly: "DurableBeforeEffect"
        case .resendsAfterSuccess: "OneSendingPerAttempt"
        case .forgetsOutcomes: "SettledItemsRest"
        case .forgetsRounds, .reusesConnections: "RoundsAreSerial"
        case .forgetsHalts, .carriesHaltedRunsOn: "HaltsAreSticky"
        case .ignoresRecordDeleted: "RecordDeletedHalts"
        case .answersEarly, .judgesByFault, .judgesRoundsEarly: "FirstCallAlone"
        case .skipsReadBack: "FirstDelinkReadBack"
        case .trustsAddedLists: "AddedListsByOne"
        case .losesIDs, .asksForOthers, .mixesBodies, .losesEnvironment, .losesDemoUser,
            .startsWorkflows:
            "RequestsNameTheirRows"
        case .exceedsConcurrency, .keepsConcurrency: "ConcurrencyKept"
        case .ignoresCallsPerMinute, .forgetsSendings: "CallsPerMinuteKept"
        case .shortensPauses, .forgetsPauses, .ignoresBackoff: "PausesKept"
        case .ignoresWindow: "WindowKept"
        case .ignoresCallBudget, .forgetsCalls: "CallBudgetKept"
        case .ignoresCredits: "CreditsReserved"
        case .ignoresFailures, .forgetsFailures, .haltsTooEarly: "FailuresHalt"
        case .ignoresAbsent, .forgetsAbsent: "AbsentItemsHalt"
        case .ignoresStoppedKinds, .stopsKindsTooEarly: "KindsStopForAReason"
        case .failsGoodItems, .failsAbsentItems: "GoodItemsDoNotFail"
        case .believesFailures, .forgetsDoubt, .forgetsDoubtAtStart: "OutcomesMatchLedger"
        case .losesChildren, .listsTwice: "PagesListEachOnce"
        case .writesBehindStop: "JournalIsOrdered"
        case .saysDone, .miscounts, .forgetsSkipped: "SummariesAreTrue"
        case .losesSignals: "SignalsDrain"
        case .losesTimers: "RunsEnd"
        case .stopsWithoutReason, .givesServicesUpTooEarly, .stopsAtThrottles: "StopsHaveReasons"
        case .retriesTooOften, .forgetsRetries: "RetriesAreBounded"
        case .ignoresTarget, .ignoresClient: "TargetKept"
        case .ignoresDamage: "DamageIsRefused"
        case .ignoresTokenLock, .forgetsExchanges: "TokenExchangesBounded"
        case .refreshesGoodTokens, .renewsTooOften: "TokensAreRenewedForAReason"
        case .inventsOutcomes: "SameEnd"
        case .chargesOutages: "OutagesCostNoItem"
        case .ignoresRetryBudget: "RetriesArePaced"
        case .givesCallsUpTooEarly: "RetriesAreSpent"
        case .ignoresGiveUp, .ignoresOutOfCalls: "TroublesEndRuns"
        case .inventsDoubt: "DoubtHasReason"
        case .ignoresDiskErrors: "DiskErrorsStop"
        case .refusesTornTails: "RunsGoOn"
        case .ignoresRetry, .reopensTooMuch: "RetryReopens"
        case .passesMaximumRecords, .forgetsUnaccounted: "RoundsAccounted"
        case .acceptsFaults, .mistakesIDs: ManifestTrial.checker
        case .mistakesAddresses: TextTrial.checker
        case .forgetsLengths: "LongCallsAreShortened"
        case .runsFinishedAgain: "StartsAreDecided"
        case .forgetsMore: "ListsEndAsTold"
        case .traps: nil
        }
    }
}
