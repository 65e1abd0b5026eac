/// From which end of each relation calls are made.
package enum PivotChoice: Equatable, Sendable {
    /// As each row has it: its record is the call's parent.
    case asWritten
}
