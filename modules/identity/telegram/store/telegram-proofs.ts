import { createHash } from 'node:crypto'
import type { IdentityTx } from '../../store/tables.ts'
import type { TelegramUser } from '../telegram-user.ts'

type Proof = Readonly<{ kind: 'mini_app' | 'widget' | 'oidc' | 'link'; hash: Buffer; expires_at: Date }>

/** A reload of the page sends the same data again. More sessions than this are not reloads. */
const maxReloads = 20

/** Counts a use of the data. False when the data of a widget was used before, or that of a Mini App too often. */
export async function useProof(tx: IdentityTx, { hash, kind, expires_at }: Proof): Promise<boolean> {
  const limit = kind === 'mini_app' ? maxReloads : 1
  const used = await tx
    .insertInto('identity.telegram_proofs')
    .values({ hash, kind, uses: 1, expires_at })
    .onConflict((conflict) =>
      conflict
        .column('hash')
        .doUpdateSet((row) => ({ uses: row('identity.telegram_proofs.uses', '+', 1) }))
        .where('identity.telegram_proofs.uses', '<', limit),
    )
    .returning('uses')
    .executeTakeFirst()
  return used !== undefined
}

/** The proof of data that links a Telegram account: once, also if a Mini App has signed in with the same data before. */
export const linkProofOf = ({ proof }: TelegramUser): Proof =>
  proof.kind !== 'mini_app' ? proof : { ...proof, kind: 'link', hash: hashOfLink(proof.hash) }

const hashOfLink = (hash: Buffer): Buffer => createHash('sha256').update('link').update(hash).digest()
