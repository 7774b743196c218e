import { styleText } from 'node:util'

type Format = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Colours, or none. */
export type Style = Readonly<Record<Format, (text: string) => string>>

/** Escape codes where `enabled`; the text as it is elsewhere. */
export function createStyle(enabled: boolean): Style {
  const make = (format: Format) => (text: string) =>
    enabled ? styleText(format, text, { validateStream: false }) : text
  return {
    bold: make('bold'),
    dim: make('dim'),
    red: make('red'),
    green: make('green'),
    yellow: make('yellow'),
    cyan: make('cyan'),
  }
}

/** Colours go to terminals that can show them, unless NO_COLOR (https://no-color.org) is set to something. */
export function wantsColor(
  stream: { isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb'
}
