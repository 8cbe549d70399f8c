import type { Bug } from '../bug.ts'

/** What everything stands on. */
export const inPlatform: readonly Bug[] = [
  {
    what: 'a key that was used with another body answers with the first order',
    requirement: 'rule 8',
    file: 'platform/http/idempotency/idempotency-hooks.ts',
    text: 'held && !held.request_hash.equals(key.request_hash)',
    instead: 'held && held.request_hash.length === 0',
    caughtBy: 'platform/http/idempotency/idempotency.test.ts',
  },
  {
    what: 'a refused request keeps its key: the customer cannot try again',
    requirement: 'rule 8',
    file: 'platform/http/idempotency/idempotency-hooks.ts',
    text: ': deleteKey(db, attempt)\n',
    instead: ': Promise.resolve()\n',
    caughtBy: 'platform/http/idempotency/idempotency.test.ts',
  },
  {
    what: 'two people who choose the same key get the same answer',
    requirement: 'SEC-1',
    file: 'platform/http/idempotency/idempotency-key.ts',
    text: 'return `user:${caller.user_id}`',
    instead: 'return `user:${caller.kind}`',
    caughtBy: 'tests/attacks/two-users.test.ts',
  },
  {
    what: 'a text is taken for a number in bodies',
    requirement: 'rule 7',
    file: 'platform/http/validation/compile-validator.ts',
    text: 'const strict = addFormats(new Ajv({ ...options, coerceTypes: false }))',
    instead: 'const strict = addFormats(new Ajv({ ...options, coerceTypes: true }))',
    caughtBy: 'tests/attacks/bad-input.test.ts',
  },
  {
    what: 'a wrong token makes a guest where guests may come',
    requirement: 'SEC-1',
    file: 'platform/http/request/on-request.ts',
    text: ' ?? (caller ? undefined : unauthorized(reply, true))',
    instead: '',
    caughtBy: 'tests/attacks/bad-input.test.ts',
  },
  {
    what: 'a deadlock is an error and not another try',
    requirement: 'PLT-7',
    file: 'platform/db/transaction.ts',
    text: 'sqlStateOf(error) === deadlock ||',
    instead: '',
    caughtBy: 'platform/db/transaction.test.ts',
  },
  {
    what: 'what was to happen after a commit happens after a rollback too',
    requirement: 'PLT-7',
    file: 'platform/db/transaction.ts',
    text: '    } catch (error) {\n      if (attempt === attempts',
    instead: '    } catch (error) {\n      callbacks.forEach(callSafely)\n      if (attempt === attempts',
    caughtBy: 'platform/db/transaction.test.ts',
  },
]
