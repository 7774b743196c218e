/** What is wrong, what to do about it, and its code: `It is so. Do that. (CODE)` */
export function oneLine(problem: {
  message: string
  hint?: string | undefined
  code?: string | undefined
}): string {
  const { message, hint, code } = problem
  const advice =
    hint === undefined || hint === '' ? '' : ` ${sentence(hint.charAt(0).toUpperCase() + hint.slice(1))}`
  return `${sentence(message)}${advice}${code === undefined ? '' : ` (${code})`}`
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
