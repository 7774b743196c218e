import { readFileSync } from 'node:fs'

/**
 * What vitest's JSON report says: its count in a line, and the names of what failed. A missing report counts as one failure.
 *
 * @param {string} file
 * @returns {{ count: string; failures: string[] }}
 */
export function readTestReport(file) {
  let report
  try {
    report = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { count: '0 passed, 1 failed, 0 skipped', failures: [`no report in ${file}`] }
  }
  const failures = report.testResults.flatMap(failuresOf)
  const skipped = report.numPendingTests + report.numTodoTests
  return {
    count: `${report.numPassedTests} passed, ${failures.length} failed, ${skipped} skipped`,
    failures,
  }
}

/**
 * A file that could not be loaded has failed without its own test.
 *
 * @param {{ name: string; status: string; assertionResults: { status: string; fullName: string }[] }} file
 */
function failuresOf({ name, status, assertionResults }) {
  if (status === 'failed' && assertionResults.length === 0) return [name]
  return assertionResults
    .filter((test) => test.status === 'failed')
    .map(({ fullName }) => `${name}: ${fullName}`)
}
