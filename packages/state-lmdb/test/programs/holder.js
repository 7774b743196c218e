// Opens the state, says whether it got it, and holds it until standard input ends.
import { openState } from '../../dist/index.js'

const [directory] = process.argv.slice(2)
try {
  const identity = { source: 'http://a/one', destination: 'http://b/two' }
  const state = await openState({ directory, identity, diskFloorBytes: 0 })
  state.complete(`by ${process.pid}`)
  await state.flush()
  process.stdout.write('got\n')
  process.stdin.resume().once('end', () => void state.close())
} catch (error) {
  process.stdout.write(`${error.code} ${error.pid}\n`)
}
