import { ByteCursor } from '../bytes/byte-cursor.js'
import { copyMatch } from './copy-match.js'
import { corrupt } from '../bytes/damage.js'

/**
 * Decompresses Snappy's raw format (https://github.com/google/snappy/blob/main/format_description.txt) into `output`, which must have
 * the length that the data states. Bounded by both buffers; throws `Damage` instead of leaving them.
 */
export function unpackSnappy(input: Uint8Array, output: Uint8Array): number {
  const cursor = new ByteCursor(input)
  const announced = cursor.unsigned()
  if (announced !== output.length) {
    throw corrupt(`a page that announces ${announced} bytes where its header says ${output.length}`)
  }
  let at = cursor.offset
  let written = 0
  while (at < input.length) {
    const tag = input[at++]!
    if ((tag & 3) === 0) {
      let length = tag >> 2
      if (length >= 60) {
        const bytes = length - 59
        length = littleEndian(input, at, bytes)
        at += bytes
      }
      length++
      if (at + length > input.length || written + length > output.length) {
        throw corrupt('a Snappy literal outside its page')
      }
      copyLiteral(input, at, output, written, length)
      at += length
      written += length
      continue
    }
    let length = (tag >> 2) + 1
    let offset: number
    if ((tag & 3) === 2 && at + 2 <= input.length) {
      offset = input[at]! | (input[at + 1]! << 8)
      at += 2
    } else if ((tag & 3) === 1 && at < input.length) {
      length = ((tag >> 2) & 7) + 4
      offset = ((tag >> 5) << 8) | input[at++]!
    } else {
      offset = littleEndian(input, at, 4)
      at += 4
    }
    if (offset === 0 || offset > written || written + length > output.length) {
      throw corrupt('a Snappy copy outside its page')
    }
    copyMatch(output, written, offset, length)
    written += length
  }
  return written
}

function littleEndian(input: Uint8Array, at: number, bytes: number): number {
  if (at + bytes > input.length) throw corrupt('a Snappy element that does not end')
  let value = 0
  for (let index = bytes - 1; index >= 0; index--) value = value * 256 + input[at + index]!
  return value
}

function copyLiteral(input: Uint8Array, from: number, output: Uint8Array, to: number, length: number): void {
  if (length > 64) output.set(input.subarray(from, from + length), to)
  else for (let index = 0; index < length; index++) output[to + index] = input[from + index]!
}
