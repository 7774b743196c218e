import { number, percent } from '../format.js'
import type { TableData } from '../run/tables.js'
import type { FamilyScore, LawScore } from './judge.js'

/** Laws over all families. */
export function overallTable(scores: readonly LawScore[]): TableData {
  return {
    header: ['law', 'mean goodput', 'lowest family', '', 'in flight ÷ knee', 'throttled', 'lowest Jain'],
    rows: scores.map((score) => [
      score.law,
      percent(score.meanGoodput),
      percent(score.lowestGoodput),
      score.lowestFamily,
      number(score.worstInFlightOverKnee),
      percent(score.worstThrottled),
      score.lowestJain.toFixed(3),
    ]),
  }
}

/** Every family and law. */
export function familyTable(scores: readonly FamilyScore[]): TableData {
  return {
    header: ['family', 'law', 'goodput', 'worst', 'in flight ÷ knee', 'throttled', 'Jain'],
    rows: scores.map((score) => [
      score.family,
      score.law,
      percent(score.goodput.median),
      percent(score.goodput.min),
      number(score.inFlightOverKnee),
      percent(score.throttled),
      score.jain.toFixed(3),
    ]),
  }
}
