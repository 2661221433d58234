import Testing

/// Tests of the real program run one after the other: most of them watch the time, and two cores are soon busy.
@Suite(.serialized) enum EndToEnd {}
