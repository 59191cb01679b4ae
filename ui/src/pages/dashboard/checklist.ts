export type Step = 'table' | 'record' | 'endpoint' | 'try'

export interface Facts { tables: number; hasRecords: boolean; endpoints: number; wasTried: boolean }

/** What a new project still lacks, in the order in which it is done. */
export function steps(f: Facts): Array<{ step: Step; done: boolean }> {
  return [
    { step: 'table', done: f.tables > 0 },
    { step: 'record', done: f.hasRecords },
    { step: 'endpoint', done: f.endpoints > 0 },
    { step: 'try', done: f.wasTried },
  ]
}

/** What this browser knows of a project's list: it was begun here, or put away. */
export type Kept = 'begun' | 'dismissed'

/** A list that was complete when it was first seen never shows; one that was begun stays until it is put away. */
export const shows = (list: Array<{ done: boolean }>, kept: Kept | undefined) => kept !== 'dismissed' && (kept === 'begun' || list.some((s) => !s.done))
