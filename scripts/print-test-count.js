// Prints `N passed, N failed, N skipped` out of vitest's JSON report. A missing report counts as one failure.
import { readTestReport } from './test-report.js'

const { count, failures } = readTestReport(process.argv[2])
console.log(count)
process.exit(failures.length > 0 ? 1 : 0)
