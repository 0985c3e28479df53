// Handles are counted for the whole process, so one test runs at a time.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
