import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { describeFailure } from '../output/describe-failure.js'
import { parseRequest, type ControlAnswer, type ControlRequest } from './protocol.js'
import { socketPath } from './socket-path.js'

/** A request is one line. */
const longestRequest = 64 * 1024
/** Time that a client has for its request, and for reading the response. */
const timeoutMs = 5000
/** Every user with write access to a socket may connect to it: only the user of the run has it. */
const ownerOnly = 0o600

export interface ControlServer {
  /** The socket is removed immediately; responses in progress are finished. */
  close(): void
}

/**
 * Listens on the control socket of a data directory. Called while the run holds the directory: an existing socket belongs to a killed
 * process.
 * @throws what makes a socket impossible there: the path, the file system, permissions
 */
export async function startControlServer(
  dataDir: string,
  answer: (request: ControlRequest) => ControlAnswer,
): Promise<ControlServer> {
  const { path, release } = socketPath(dataDir)
  const server = createServer({ allowHalfOpen: true }, (socket) => converse(socket, answer))
  try {
    rmSync(path, { force: true })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).once('listening', resolve)
      // The mask counts when the socket is made, within `listen`: it is never open to others, not for a moment.
      const mask = process.umask(0o777 & ~ownerOnly)
      try {
        server.listen(path)
      } finally {
        process.umask(mask)
      }
    })
    chmodSync(path, ownerOnly)
  } catch (error) {
    server.close()
    release()
    throw error
  }
  server.unref()
  return {
    close() {
      server.close()
      release()
    },
  }
}

/** One request, one response. A client that sends nothing is disconnected. */
function converse(socket: Socket, answer: (request: ControlRequest) => ControlAnswer): void {
  let text = ''
  socket.unref()
  socket.setTimeout(timeoutMs, () => socket.destroy())
  socket.on('error', () => undefined)
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    if (text.length > longestRequest) socket.destroy()
    else if (text.includes('\n')) {
      socket.removeAllListeners('data').resume()
      socket.end(`${JSON.stringify(answerTo(text, answer))}\n`)
    }
  })
}

function answerTo(text: string, answer: (request: ControlRequest) => ControlAnswer): ControlAnswer {
  try {
    return answer(parseRequest(text))
  } catch (error) {
    const { code, message, hint } = describeFailure(error).data
    return { ok: false, code, message, hint: hint ?? '' }
  }
}
