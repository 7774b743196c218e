import { expect, it } from 'vitest'
import { ExpendableReport } from '../src/outcomes/expendable-report.js'
import { BLANK_ROW } from '../src/outcomes/blank-row.js'
import type { ReportPort } from '../src/index.js'

const row = { ...BLANK_ROW, key: 'k', outcome: 'copied' } as const

function reportOn(broken: Partial<ReportPort>) {
  const written: string[] = []
  const codes: string[] = []
  const report = new ExpendableReport(
    { write: ({ key }) => void written.push(key), idle: () => null, close: async () => {}, ...broken },
    (event) => codes.push('code' in event ? (event.code ?? '') : event.type),
  )
  return { report, written, codes }
}

const full = (): never => {
  throw new Error('no space left on device')
}

it.each([
  ['a row', { write: full }],
  ['waiting', { idle: () => Promise.reject(new Error('no space left on device')) }],
  ['closing', { close: () => Promise.reject(new Error('no space left on device')) }],
] as const)(
  'a report that fails at %s is lost, which is said once, and throws nothing',
  async (_, broken) => {
    const { report, codes } = reportOn(broken)
    for (let i = 0; i < 3; i++) {
      report.write(row)
      await report.idle()
    }
    await report.close()
    expect(report.lost).toBe(true)
    expect(codes).toEqual(['LAGOON_SYNC_REPORT_LOST'])
  },
)

it('a report that can be written is not lost', async () => {
  const { report, written, codes } = reportOn({})
  report.write(row)
  expect(report.idle()).toBeNull()
  await report.close()
  expect({ written, codes, lost: report.lost }).toEqual({ written: ['k'], codes: [], lost: false })
})
