/// Judges one reading by the first rule of the table in `api-decisions.md` that holds.
package func judge(_ metrics: Metrics, by settings: Settings) -> Judgement {
    fatalError("Domain helper")
}
