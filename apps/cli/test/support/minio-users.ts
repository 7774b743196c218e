import { s3Request, type StoreEndpoint } from '@lagoon/testkit'
import { createCipheriv, pbkdf2Sync, randomBytes } from 'node:crypto'
import { onTestFinished } from 'vitest'

/** What a policy allows, as `s3:GetObject`, and on which resources, as `bucket/*`. */
export type Grants = Readonly<Record<string, readonly string[]>>

/** A user of a MinIO server with its own policy, gone when the test is. */
export async function minioUser(server: StoreEndpoint, grants: Grants): Promise<StoreEndpoint> {
  const name = `doctor-${randomBytes(6).toString('hex')}`
  const secretAccessKey = randomBytes(20).toString('hex')
  const admin = async (query: string, body: Buffer | string, method = 'PUT') => {
    const { status, body: answer } = await s3Request(server, {
      method,
      target: `/minio/admin/v3/${query}`,
      body,
    })
    if (status >= 300) throw new Error(`MinIO answers ${status} to ${query}: ${answer.toString()}`)
  }
  const user = JSON.stringify({ secretKey: secretAccessKey, status: 'enabled' })
  await admin(`add-canned-policy?name=${name}`, JSON.stringify(policyOf(grants)))
  await admin(`add-user?accessKey=${name}`, encrypted(user, server.secretAccessKey))
  await admin(`set-user-or-group-policy?isGroup=false&policyName=${name}&userOrGroup=${name}`, '')
  onTestFinished(async () => {
    await admin(`remove-user?accessKey=${name}`, '', 'DELETE')
    await admin(`remove-canned-policy?name=${name}`, '', 'DELETE')
  })
  return { ...server, accessKeyId: name, secretAccessKey }
}

function policyOf(grants: Grants): object {
  const Statement = Object.entries(grants).map(([Action, resources]) => ({
    Effect: 'Allow',
    Action: [Action],
    Resource: resources.map((resource) => `arn:aws:s3:::${resource}`),
  }))
  return { Version: '2012-10-17', Statement }
}

/**
 * As MinIO's admin API wants bodies with secrets (https://github.com/minio/madmin-go, `EncryptData`): a salt, the kind of encryption,
 * a nonce, then AES-GCM in fragments of 16 KiB, of which this has one, with a key made of the administrator's secret.
 */
function encrypted(text: string, secret: string): Buffer {
  const pbkdf2AesGcm = 2
  const salt = randomBytes(32)
  const nonce = randomBytes(8)
  const key = pbkdf2Sync(secret, salt, 8192, 32, 'sha256')
  const seal = (fragment: number, data: Buffer, associated: Buffer) => {
    const count = Buffer.alloc(4)
    count.writeUInt32LE(fragment)
    const cipher = createCipheriv('aes-256-gcm', key, Buffer.concat([nonce, count])).setAAD(associated)
    return Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()])
  }
  const nothing = Buffer.alloc(0)
  const last = Buffer.concat([Buffer.from([0x80]), seal(0, nothing, nothing)])
  return Buffer.concat([salt, Buffer.from([pbkdf2AesGcm]), nonce, seal(1, Buffer.from(text), last)])
}
