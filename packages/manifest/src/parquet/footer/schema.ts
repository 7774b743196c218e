import { corrupt } from '../bytes/damage.js'
import type { Annotation, PhysicalType, SchemaElement } from './schema-element.js'

/** A column that holds values. */
export interface Leaf {
  /** Position among the leaves, which is the position of its chunk in every row group. */
  index: number
  /** Names from the top, joined with a dot. */
  path: string
  /** Directly below the root. */
  topLevel: boolean
  type: PhysicalType
  annotation: Annotation
  /** Definition level of a value that is present; 0 if it can't be missing. */
  maxDefinitionLevel: number
  /** Above 0 if the column holds lists. */
  maxRepetitionLevel: number
}

const MAX_DEPTH = 64

/** The leaves of a flattened schema, in order. Throws `Damage` if the tree contradicts itself. */
export function leavesOf(schema: readonly SchemaElement[]): Leaf[] {
  const root = schema[0]
  if (!root) throw corrupt('the footer has no schema')
  const leaves: Leaf[] = []
  let next = 1
  const descend = (children: number, path: string[], definition: number, repetition: number): void => {
    if (path.length > MAX_DEPTH) throw corrupt(`the schema nests deeper than ${MAX_DEPTH} levels`)
    for (let child = 0; child < children; child++) {
      const element = schema[next++]
      if (!element) throw corrupt('the schema has fewer elements than it announces')
      const ownPath = [...path, element.name]
      const ownDefinition = definition + (element.repetition === 'REQUIRED' ? 0 : 1)
      const ownRepetition = repetition + (element.repetition === 'REPEATED' ? 1 : 0)
      if (element.type === null) {
        descend(element.children, ownPath, ownDefinition, ownRepetition)
        continue
      }
      leaves.push({
        index: leaves.length,
        path: ownPath.join('.'),
        topLevel: path.length === 0,
        type: element.type,
        annotation: element.annotation,
        maxDefinitionLevel: ownDefinition,
        maxRepetitionLevel: ownRepetition,
      })
    }
  }
  descend(root.children, [], 0, 0)
  if (next !== schema.length) throw corrupt('the schema has more elements than it announces')
  return leaves
}
