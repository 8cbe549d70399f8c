import { findSubject } from '../store/requested-subjects.ts'
import type { PaymentsDb } from '../store/tables.ts'
import { payPageViewOf, type View } from './view.ts'

type Needs = Readonly<{ db: PaymentsDb }>

export type ShowPayPage = (subject_id: string, refreshes: number) => Promise<View>

/** Reads the present state of the page of a payment link. */
export const showPayPage =
  ({ db }: Needs): ShowPayPage =>
  async (subject_id, refreshes) =>
    payPageViewOf(await findSubject(db, subject_id), refreshes)
