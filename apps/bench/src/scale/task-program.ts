import { list } from './list-task.js'
import { read } from './read-task.js'
import type { ScaleAnswer, ScaleTask } from './scale-tasks.js'
import { finish, lookUp, record } from './state-tasks.js'

/** Does a task in this process. */
export function runScaleTask(task: ScaleTask): Promise<ScaleAnswer> {
  switch (task.task) {
    case 'record':
      return record(task)
    case 'look-up':
      return lookUp(task)
    case 'finish':
      return finish(task)
    case 'read':
      return read(task)
    case 'list':
      return list(task)
  }
}
