// Opens the state, says whether it got it, and holds it until standard input ends.
import { open } from './open.js'

const [directory] = process.argv.slice(2)
try {
  const state = await open(directory)
  state.complete(`by ${process.pid}`)
  await state.flush()
  process.stdout.write('got\n')
  process.stdin.resume().once('end', () => void state.close())
} catch (error) {
  process.stdout.write(`${error.code} ${error.pid}\n`)
}
