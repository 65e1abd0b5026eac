/// A bug planted in the simulation's shell, or in what passes between engine and world, to prove
/// that a checker finds it.
package enum PlantedBug: String, CaseIterable, Sendable {
    /// Records are told durable when they have been written, before they are synchronised.
    case countsEarly = "counts-early"
    /// A request that was answered with success is sent a second time, as an HTTP library may that
    /// re-sends by itself.
    case resendsAfterSuccess = "resends-after-success"
    /// A resume forgets an outcome, although it was durable.
    case forgetsOutcomes = "forgets-outcomes"
    /// A round that a killed process left without an answer is counted as nothing.
    case forgetsRounds = "forgets-rounds"
    /// Records of a halt say on the disk that the run was paused.
    case forgetsHalts = "forgets-halts"
    /// A start goes on with a halted run although nothing overrides the halt.
    case carriesHaltedRunsOn = "carries-halted-runs-on"
    /// A success that says `record deleted` does not halt.
    case ignoresRecordDeleted = "ignores-record-deleted"
    /// The engine hears an answer before it has come.
    case answersEarly = "answers-early"
    /// A call of the plan is judged by an answer that was not its own: the next ones leave.
    case judgesByFault = "judges-by-fault"
    /// The first success of a kind is taken for proved.
    case skipsReadBack = "skips-read-back"
    /// A list that the settings add is taken for a documented one.
    case trustsAddedLists = "trusts-added-lists"
    /// A request loses its last path segment or its ids.
    case losesIDs = "loses-ids"
    /// A request asks for an id that no row names.
    case asksForOthers = "asks-for-others"
    /// An update's body is another row's.
    case mixesBodies = "mixes-bodies"
    /// One call more is in flight than the limit allows.
    case exceedsConcurrency = "exceeds-concurrency"
    /// The limit of calls a minute is not kept.
    case ignoresCallsPerMinute = "ignores-calls-per-minute"
    /// The pause that a 429 asks for is shorter than asked for.
    case shortensPauses = "shortens-pauses"
    /// A start forgets the pauses that services asked for.
    case forgetsPauses = "forgets-pauses"
    /// Calls start after `--until`.
    case ignoresWindow = "ignores-window"
    /// `--max-calls` is not kept.
    case ignoresCallBudget = "ignores-call-budget"
    /// A start forgets the calls of the last day.
    case forgetsCalls = "forgets-calls"
    /// The credits that are left are not looked at.
    case ignoresCredits = "ignores-credits"
    /// `--max-failures` is not kept.
    case ignoresFailures = "ignores-failures"
    /// `--max-absent` is not kept.
    case ignoresAbsent = "ignores-absent"
    /// A refusal of the whole kind is taken for one of the call's items.
    case ignoresStoppedKinds = "ignores-stopped-kinds"
    /// One refusal for want of a right is taken for one of the whole kind.
    case stopsKindsTooEarly = "stops-kinds-too-early"
    /// A refusal of one of several ids is taken for one of the parent.
    case failsGoodItems = "fails-good-items"
    /// A refused element is taken for a success.
    case believesFailures = "believes-failures"
    /// The journal does not say that an attempt may have acted.
    case forgetsDoubt = "forgets-doubt"
    /// A page's first child is lost.
    case losesChildren = "loses-children"
    /// A page's children are listed again.
    case listsTwice = "lists-twice"
    /// An answer is journalled behind the stop record.
    case writesBehindStop = "writes-behind-stop"
    /// A run that did not do everything ends with 0.
    case saysDone = "says-done"
    /// A run whose rows were skipped ends with 0.
    case forgetsSkipped = "forgets-skipped"
    /// The end says fewer calls than were made.
    case miscounts = "miscounts"
    /// A signal is lost.
    case losesSignals = "loses-signals"
    /// The engine's timers never fire.
    case losesTimers = "loses-timers"
    /// The engine stops without a reason.
    case stopsWithoutReason = "stops-without-reason"
    /// Calls are tried again more often than `--retries` says.
    case retriesTooOften = "retries-too-often"
    /// A start with another target is not refused.
    case ignoresTarget = "ignores-target"
    /// A damaged journal is cut and taken for a whole one.
    case ignoresDamage = "ignores-damage"
    /// A token is asked for while another process does.
    case ignoresTokenLock = "ignores-token-lock"
    /// A process forgets how many tokens were asked for.
    case forgetsExchanges = "forgets-exchanges"
    /// A good token is exchanged.
    case refreshesGoodTokens = "refreshes-good-tokens"
    /// Tokens are renewed ahead although few exchanges are left.
    case renewsTooOften = "renews-too-often"
    /// A start takes an open item for failed.
    case inventsOutcomes = "invents-outcomes"
    /// A fault of a service in trouble makes its call's items unknown.
    case chargesOutages = "charges-outages"
    /// The retry budget has no end.
    case ignoresRetryBudget = "ignores-retry-budget"
    /// A call gets one retry less than `--retries` says.
    case givesCallsUpTooEarly = "gives-calls-up-too-early"
    /// A service in trouble is given up after seconds.
    case givesServicesUpTooEarly = "gives-services-up-too-early"
    /// A service that throttles counts as used up after seconds.
    case stopsAtThrottles = "stops-at-throttles"
    /// What is gone already counts as failed.
    case failsAbsentItems = "fails-absent-items"
    /// Rounds of two reports leave before one was answered.
    case judgesRoundsEarly = "judges-rounds-early"
    /// A start forgets the retries that were spent.
    case forgetsRetries = "forgets-retries"
    /// A service in trouble is asked on for hours.
    case ignoresGiveUp = "ignores-give-up"
    /// A service that throttles is asked on for a day.
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
    /// What was absent all along is said to be so after a doubt.
    case inventsDoubt = "invents-doubt"
    /// Writing goes on after an error of the disk.
    case ignoresDiskErrors = "ignores-disk-errors"
    /// A torn end of a journal is taken for damage.
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
    /// A round forgets as whom it deletes.
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
    /// A start runs a manifest again that was done.
    case runsFinishedAgain = "runs-finished-again"
    /// That there is more is not heard.
    case forgetsMore = "forgets-more"
    /// A broken precondition ends the process, as `preconditionFailure` does it.
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

    /// The checker that finds it when no other looks; nil for what ends the process.
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
