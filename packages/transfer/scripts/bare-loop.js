import { Pool } from 'undici'
import { RequestSigner } from '#sign-request'

/**
 * The least that a copy over undici can be: one dispatched GET into one buffer, one dispatched PUT of it, no checks, no retries, no
 * accounting. What a copier adds is measured against this.
 */
export function createBareLoop(source, destination, connections) {
  const sides = [source, destination].map(({ endpointUrl, bucket, credentials, region }) => ({
    pool: new Pool(endpointUrl, { connections, pipelining: 1, allowH2: false }),
    prefix: `/${bucket}/`,
    credentials,
    signer: new RequestSigner({ host: new URL(endpointUrl).host, region }),
  }))
  const [from, to] = sides

  function copy(key) {
    return new Promise((resolve, reject) => {
      let buffer
      let at = 0
      const path = from.prefix + key
      from.pool.dispatch(
        { path, method: 'GET', headers: from.signer.sign(from.credentials, 'GET', path, '', []) },
        {
          onRequestStart() {},
          onResponseStart(_controller, status, headers) {
            if (status !== 200) throw new Error(`GET answered ${status}`)
            buffer = Buffer.allocUnsafe(Number(headers['content-length']))
          },
          onResponseData(_controller, chunk) {
            at += chunk.copy(buffer, at)
          },
          onResponseEnd() {
            const target = to.prefix + key
            const headers = to.signer.sign(to.credentials, 'PUT', target, '', [])
            headers.push('content-length', String(buffer.length))
            to.pool.dispatch(
              { path: target, method: 'PUT', headers, body: buffer },
              {
                onRequestStart() {},
                onResponseStart(_controller, status) {
                  if (status !== 200) throw new Error(`PUT answered ${status}`)
                },
                onResponseData() {},
                onResponseEnd: resolve,
                onResponseError: (_controller, error) => reject(error),
              },
            )
          },
          onResponseError: (_controller, error) => reject(error),
        },
      )
    })
  }

  return { copy, close: () => Promise.all(sides.map(({ pool }) => pool.destroy())) }
}
