import { expect, test } from 'vitest'
import { inCliWords } from '../src/output/cli-names.js'

test("a library's option is reported as the flag or variable that sets it", () => {
  expect(inCliWords({ message: 'm', hint: 'Name the key column (option `column`).' }).hint).toBe(
    'Name the key column (--manifest-column).',
  )
  expect(inCliWords({ hint: 'Set the option `manifestPrefix`, see `lagoon status`.' }).hint).toBe(
    'Set --manifest-prefix, see `lagoon status`.',
  )
})

test('without a manifest, the command that creates some is named', () => {
  const { hint } = inCliWords({ code: 'LAGOON_SYNC_NO_MANIFEST', message: 'm', hint: 'Put manifests there.' })
  expect(hint).toMatch(/^Put manifests there\. .*lagoon manifest create --upload/)
})
