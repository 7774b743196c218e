import { generate } from 'selfsigned'

export interface CertificateOptions {
  /** DNS names that it is valid for; default `localhost`. */
  names?: readonly string[]
  /** IP addresses that it is valid for; default 127.0.0.1 and ::1. */
  addresses?: readonly string[]
  /** Default an hour ago, so that clocks may differ. */
  notBefore?: Date
  /** Default in a week. */
  notAfter?: Date
}

/** A server's certificate and key, and the authority for its clients to trust. All of it PEM. */
export interface Certificate {
  key: string
  cert: string
  /** The certificate of the authority that signed `cert`, created for it alone; its key is discarded. */
  authority: string
}

const HOUR_MS = 3_600_000
const SHARED = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const

/** Creates a certificate for a server in a test or bench, or for a client of mutual TLS, signed by an authority of its own. */
export async function makeCertificate(options: CertificateOptions = {}): Promise<Certificate> {
  const { names = ['localhost'], addresses = ['127.0.0.1', '::1'] } = options
  const validity = {
    notBeforeDate: options.notBefore ?? new Date(Date.now() - HOUR_MS),
    notAfterDate: options.notAfter ?? new Date(Date.now() + 7 * 24 * HOUR_MS),
  }
  const authority = await generate([{ name: 'commonName', value: 'Lagoon test authority' }], {
    ...SHARED,
    ...validity,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  })
  const server = await generate([{ name: 'commonName', value: names[0] ?? addresses[0] ?? 'server' }], {
    ...SHARED,
    ...validity,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...names.map((value) => ({ type: 2 as const, value })),
          ...addresses.map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  })
  return { key: server.private, cert: server.cert, authority: authority.cert }
}
