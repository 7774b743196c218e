// Opens each of the states named and says what became of it: the code of the error, or how many of the keys are complete.
import { open } from './open.js'

const [count, ...directories] = process.argv.slice(2)
const keys = Array.from({ length: Number(count) }, (_, i) => `k${i}`)
for (const directory of directories) {
  try {
    const state = await open(directory)
    const complete = state.lookup(keys).filter((answer) => answer === 1).length
    state.complete('one more')
    await state.flush()
    await state.close()
    console.log(complete)
  } catch (error) {
    console.log(error.code)
  }
}
