import { createHmac, hash } from 'node:crypto'
import type { Credentials } from '../options/credentials.js'
import { HmacSha256 } from './hmac-sha256.js'

const ALGORITHM = 'AWS4-HMAC-SHA256\n'
const DATE_LENGTH = 16
const DIGEST_LENGTH = 64
/** What few values contain: blanks that may have to be folded, characters that are not ASCII. */
const UNUSUAL = /[^\x21-\x7e]/

/** What a signature is for. */
interface SigningScope {
  /** As in the `host` header, with the port unless it is the scheme's own. */
  host: string
  region: string
  /** `s3express` for directory buckets. */
  service?: 's3' | 's3express'
  /** Header of a session token. Default `x-amz-security-token`. */
  tokenHeader?: 'x-amz-security-token' | 'x-amz-s3session-token'
}

/**
 * Signature version 4 for S3 with `UNSIGNED-PAYLOAD`: the day's key is derived once, the string to sign is in one
 * prepared buffer, and a request costs two hashes and one HMAC. Source:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export class RequestSigner {
  readonly #host: string
  readonly #region: string
  readonly #service: string
  readonly #tokenHeader: string
  readonly #now: () => number
  #second = -1
  #date = ''
  #credentials: Credentials | null = null
  #day = ''
  #hmac: HmacSha256 | null = null
  #authorization = ''

  /** @param now milliseconds since the epoch; for tests */
  constructor(scope: SigningScope, now: () => number = Date.now) {
    this.#host = scope.host
    this.#region = scope.region
    this.#service = scope.service ?? 's3'
    this.#tokenHeader = scope.tokenHeader ?? 'x-amz-security-token'
    this.#now = now
  }

  /**
   * Appends the headers that authenticate the request to `headers`, a flat list of lower-case names and values, and
   * returns it. It signs `host`, `content-type`, `content-md5` and all `x-amz-*`. The caller must not pass an
   * `x-amz-date`.
   *
   * @param path the encoded path as it will be sent, without the query
   * @param query the canonical query: names sorted, names and values encoded; '' for none
   */
  sign(credentials: Credentials, method: string, path: string, query: string, headers: string[]): string[] {
    this.#prepare(credentials)
    headers.push('x-amz-content-sha256', 'UNSIGNED-PAYLOAD', 'x-amz-date', this.#date)
    if (credentials.sessionToken !== undefined) headers.push(this.#tokenHeader, credentials.sessionToken)

    const names: string[] = ['host']
    const values: string[] = [this.#host]
    for (let index = 0; index < headers.length; index += 2) {
      const name = headers[index]!
      if (!isSigned(name)) continue
      let at = names.length
      while (at > 0 && names[at - 1]! > name) {
        names[at] = names[at - 1]!
        values[at] = values[at - 1]!
        at--
      }
      names[at] = name
      values[at] = headers[index + 1]!
    }

    let lines = ''
    let signed = ''
    let unusual = false
    for (let index = 0; index < names.length; index++) {
      let value = values[index]!
      if (UNUSUAL.test(value)) {
        unusual = true
        value = foldSpace(value)
      }
      lines += `${names[index]}:${value}\n`
      signed += index === 0 ? names[index] : `;${names[index]}`
    }
    const request = `${method}\n${path}\n${query}\n${lines}\n${signed}\nUNSIGNED-PAYLOAD`
    const hmac = this.#hmac!
    hmac.write(digestOf(request, unusual), this.#digestPosition())
    headers.push('authorization', `${this.#authorization}${signed}, Signature=${hmac.digest()}`)
    return headers
  }

  #prepare(credentials: Credentials): void {
    const second = Math.floor(this.#now() / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#date = `${new Date(second * 1000).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
      if (this.#date.slice(0, 8) !== this.#day) this.#hmac = null
      this.#hmac?.write(this.#date, ALGORITHM.length)
    }
    if (this.#hmac === null || credentials !== this.#credentials) this.#renewKey(credentials)
  }

  #renewKey(credentials: Credentials): void {
    const day = this.#date.slice(0, 8)
    const scope = `${day}/${this.#region}/${this.#service}/aws4_request`
    let key = createHmac('sha256', `AWS4${credentials.secretAccessKey}`).update(day).digest()
    for (const step of [this.#region, this.#service, 'aws4_request'])
      key = createHmac('sha256', key).update(step).digest()
    this.#hmac = new HmacSha256(key, this.#digestPosition() + DIGEST_LENGTH)
    this.#hmac.write(`${ALGORITHM}${this.#date}\n${scope}\n`, 0)
    this.#authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=`
    this.#credentials = credentials
    this.#day = day
  }

  /** Position of the request's digest in the string to sign: after algorithm, date and scope. */
  #digestPosition(): number {
    const scope = 8 + 1 + this.#region.length + 1 + this.#service.length + '/aws4_request\n'.length
    return ALGORITHM.length + DATE_LENGTH + 1 + scope
  }
}

function isSigned(name: string): boolean {
  return name.startsWith('x-amz-') || name === 'content-type' || name === 'content-md5'
}

function foldSpace(value: string): string {
  return value.replace(/^[ \t]+|[ \t]+$/g, '').replace(/[ \t]+/g, ' ')
}

/**
 * Header values are bytes, held as Latin-1 strings here and sent as such; the hash must see the same bytes.
 * Everything else is ASCII.
 */
function digestOf(request: string, unusual: boolean): string {
  return hash('sha256', unusual ? Buffer.from(request, 'latin1') : request, 'hex')
}
