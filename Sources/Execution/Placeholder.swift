package enum ExecutionPlaceholder {}
