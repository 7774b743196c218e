import type { S3Client } from '@aws-sdk/client-s3'
import type { Side } from '../options/store-address.js'
import { storeAnswer } from '../stores/bucket-client.js'
import { fixFor, type Permission } from '../stores/permissions.js'
import type { Findings } from './check.js'

/** One side, and where what is found of it is noted. */
export interface StoreUnderTest {
  readonly side: Side
  readonly client: S3Client
  readonly bucket: string
  readonly findings: Findings
}

/** One check. A refusal comes with its fix; `permission` is what the check needed. Resolves to whether it passed. */
export async function runCheck(
  { bucket, findings, side }: StoreUnderTest,
  name: string,
  permission: Permission,
  severity: 'warning' | 'failed',
  action: () => Promise<string>,
): Promise<boolean> {
  try {
    findings.ok(name, await action())
    return true
  } catch (error) {
    const { code, detail } = storeAnswer(error)
    findings[severity](name, detail, fixFor(code, permission, bucket, side))
    return false
  }
}

/** What an action is refused with; undefined where it is not. */
export async function refusalOf(
  action: () => Promise<unknown>,
): Promise<{ code: string; detail: string } | undefined> {
  try {
    await action()
    return undefined
  } catch (error) {
    return storeAnswer(error)
  }
}
