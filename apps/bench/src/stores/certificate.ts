import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeCertificate, type Certificate } from '@lagoon/testkit'
import type { BenchSession } from '../session.js'

/** A certificate for servers on this machine, and a file with the authority for clients to trust. */
export interface ServedCertificate extends Certificate {
  authorityFile: string
}

/** Creates one for the lifetime of the session. */
export async function serveCertificate(session: BenchSession): Promise<ServedCertificate> {
  const certificate = await makeCertificate()
  const authorityFile = join(session.directory, 'authority.pem')
  await writeFile(authorityFile, certificate.authority)
  return { ...certificate, authorityFile }
}

/** The settings for clients of a server with that certificate, besides its address and keys. */
export function trusting(
  tls: ServedCertificate | null,
): { certificateAuthority: string; authorityFile: string } | object {
  if (tls === null) return {}
  return { certificateAuthority: tls.authority, authorityFile: tls.authorityFile }
}
