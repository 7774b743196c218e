import { createPrivateKey, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { makeCertificate } from '../src/index.js'

test('a certificate is valid for this machine, signed by its own authority, and matches its key', async () => {
  const { key, cert, authority } = await makeCertificate()
  const [server, signer] = [new X509Certificate(cert), new X509Certificate(authority)]
  expect(server.checkHost('localhost')).toBe('localhost')
  expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(server.checkIssued(signer) && server.verify(signer.publicKey)).toBe(true)
  expect([server.ca, signer.ca]).toEqual([false, true])
  expect(server.checkPrivateKey(createPrivateKey(key))).toBe(true)
})

test('names, addresses and validity can be chosen', async () => {
  const notAfter = new Date('2020-01-02T00:00:00Z')
  const notBefore = new Date('2020-01-01T00:00:00Z')
  const { cert } = await makeCertificate({ names: ['store.test'], addresses: [], notBefore, notAfter })
  const server = new X509Certificate(cert)
  expect(server.subjectAltName).toBe('DNS:store.test')
  expect([server.validFromDate, server.validToDate]).toEqual([notBefore, notAfter])
})
