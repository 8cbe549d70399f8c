import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { eventually, expectProblem, expectResponse } from '#platform/testing'
import { SignedInView, UserView } from '#identity/schema'
import { guest } from '../e2e/open-shop.ts'
import { password, signInWithTelegram, uniqueEmail } from '../e2e/purchase-steps.ts'
import { noBrowser, phone, visit, visitorOf } from './browser.ts'
import { useWebShop } from './use-web-shop.ts'

const internalToken = 'the-token-of-the-bot-of-this-test'
const web = useWebShop({ TELEGRAM_BOT_USERNAME: 'posad_bot', INTERNAL_BOT_TOKEN: internalToken })
const skip = noBrowser
const newPassword = 'peonies in a blue vase'

const open = (page: Page, path: string) => visit(page, `${web.shop.address}/en${path}`)

/** Signs in at the page that is open. */
async function enter(page: Page, email: string, secret = password): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(secret)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('navigation', { name: 'Sections of the account' }).waitFor()
}

async function register(name: string) {
  const email = uniqueEmail(name)
  const body = { email, password, name }
  const { access_token } = expectResponse(
    await web.shop.send(guest, 'POST /auth/register', { body }),
    201,
    SignedInView,
  )
  return { email, access_token }
}

async function verify(email: string, as: string): Promise<void> {
  const code = await web.shop.codeTo(email, '/email/verify')
  expectResponse(await web.shop.send(as, 'POST /auth/email/verify', { body: { code } }), 200)
}

test(
  'a lost password is replaced by the link of an e-mail, and the link works once (ID-13, WEB-1)',
  { skip, timeout: 90_000 },
  async () => {
    const { page, problems, close } = await visitorOf(web.browser, { viewport: phone })
    const { email, access_token } = await register('Anna')
    await open(page, '/sign-in')
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    await page.getByRole('button', { name: 'Send the link' }).click()
    await page.getByText('Fill in this field').waitFor()
    await page.getByLabel('E-mail').and(page.locator(':focus')).waitFor()
    await page.getByLabel('E-mail').fill('guest@example.org')
    await page.keyboard.press('Enter')
    await page.getByText('If guest@example.org has an account').waitFor()
    await page.getByRole('button', { name: 'Use another address' }).click()
    await page.getByLabel('E-mail').fill(email)
    await page.keyboard.press('Enter')
    await page.getByText(`If ${email} has an account`).waitFor()
    await page.getByRole('heading', { name: 'Check your e-mail' }).and(page.locator(':focus')).waitFor()

    const link = `${web.shop.address}/password/reset#${await web.shop.codeTo(email, '/password/reset')}`
    await visit(page, link)
    assert.match(page.url(), /\/en\/password\/reset#/)
    await page.getByLabel('New password').fill('password1')
    await page.getByRole('button', { name: 'Set the password' }).click()
    await page.getByText('This password is too common').waitFor()
    assert.equal(await page.getByLabel('New password').inputValue(), 'password1', 'the form keeps its field')
    await page.getByLabel('New password').fill(newPassword)
    await page.getByRole('button', { name: 'Set the password' }).click()
    await page.getByRole('heading', { name: 'The password is changed' }).waitFor()
    assert.doesNotMatch(page.url(), /#/, 'the code left the address')
    expectProblem(await web.shop.send(access_token, 'GET /auth/me'), 401, 'unauthorized')
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
    await enter(page, email, newPassword)

    await visit(page, link)
    await page.getByLabel('New password').fill(newPassword)
    await page.getByRole('button', { name: 'Set the password' }).click()
    await page.getByRole('heading', { name: 'The link no longer works' }).waitFor()
    await open(page, '/password/reset')
    await page.getByRole('heading', { name: 'The link is incomplete' }).waitFor()
    assert.deepEqual(problems, [])
    await close()
  },
)

test(
  'the profile shows whether the e-mail is confirmed, sends the link again, and the link confirms it (ID-13, WEB-1)',
  { skip, timeout: 90_000 },
  async () => {
    const { page, problems, close } = await visitorOf(web.browser)
    const { email, access_token } = await register('Vera')
    await open(page, '/sign-in?next=/account/profile')
    await enter(page, email)
    await page.getByText('not confirmed').waitFor()
    const limit = {
      status: 429,
      contentType: 'application/problem+json',
      json: { code: 'too-many-attempts', retry_after: 1150 },
    }
    await page.route('**/auth/email/send', (route) => route.fulfill(limit), { times: 1 })
    await page.getByRole('button', { name: 'Send the e-mail again' }).click()
    await page.getByText('Too many attempts. Try again in 20 min.').waitFor()
    await page.getByRole('button', { name: 'Send the e-mail again' }).click()
    await page.getByText(`The e-mail is on its way to ${email}`).waitFor()
    await eventually(async () => assert.equal((await web.shop.mailsTo(email)).length, 2))
    await visit(page, `${web.shop.address}/email/verify#${await web.shop.codeTo(email, '/email/verify')}`)
    const { email_verified } = expectResponse(await web.shop.send(access_token, 'GET /auth/me'), 200, UserView)
    assert.equal(email_verified, false, 'opening the link confirms nothing')
    await page.getByRole('link', { name: 'Русский' }).click()
    await page.getByRole('button', { name: 'Подтвердить почту' }).click()
    await page.getByRole('heading', { name: 'Почта подтверждена' }).waitFor()
    await page.getByRole('link', { name: 'В кабинет' }).click()
    await page.getByText('подтверждена', { exact: true }).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Отправить письмо ещё раз' }).count(), 0)
    assert.deepEqual(problems, [])
    await close()
  },
)

test(
  'a changed password ends the other sessions; a wrong one is refused beside its field (ID-7, WEB-1)',
  { skip, timeout: 60_000 },
  async () => {
    const { page, problems, close } = await visitorOf(web.browser)
    const { email, access_token } = await register('Olga')
    await open(page, '/sign-in?next=/account/access')
    await enter(page, email)
    await page.getByRole('listitem').filter({ hasText: 'last used' }).waitFor()
    await page.getByLabel('Current password').fill('a guess')
    await page.getByLabel('New password').fill(newPassword)
    await page.getByRole('button', { name: 'Change the password' }).click()
    await page.getByText('The password is wrong.').waitFor()
    await page.getByLabel('Current password').and(page.locator(':focus')).waitFor()
    assert.equal(await page.getByLabel('New password').inputValue(), newPassword, 'the form keeps its fields')
    await page.getByLabel('Current password').fill(password)
    await page.keyboard.press('Enter')
    await page.getByText('Your other devices have to sign in again.').waitFor()
    await page.getByRole('listitem').filter({ hasText: 'last used' }).waitFor({ state: 'detached' })
    expectProblem(await web.shop.send(access_token, 'GET /auth/me'), 401, 'unauthorized')
    assert.deepEqual(problems, [])
    await close()
  },
)

test(
  'an e-mail of another account leads to a merge with a preview, and the merge is reversed (ID-12, WEB-1)',
  { skip, timeout: 90_000 },
  async () => {
    const { page, problems, close } = await visitorOf(web.browser, { viewport: phone })
    const [older, younger] = [await register('Nina'), await register('Nina')]
    await verify(older.email, older.access_token)
    await open(page, '/sign-in?next=/account/access')
    await enter(page, younger.email)
    await page.getByText('Confirm your e-mail first to add another way').waitFor()
    await verify(younger.email, younger.access_token)
    await page.reload()
    await page.getByRole('button', { name: 'Add an e-mail' }).click()
    await page.getByLabel('The e-mail to add').fill(older.email)
    await page.getByLabel('Your present password').fill('a guess')
    await page.getByRole('button', { name: 'Send a code' }).click()
    await page.getByText('The password is wrong.').waitFor()
    await page.getByLabel('Your present password').fill(password)
    await page.keyboard.press('Enter')
    await page.getByText(`We sent sixteen digits to ${older.email}`).waitFor()
    await page.getByLabel('Code from the e-mail').fill('12')
    await page.keyboard.press('Enter')
    await page.getByText('The code from the e-mail: sixteen digits').waitFor()
    const code = await eventually(async () => {
      const digits = (await web.shop.mailsTo(older.email))
        .map(({ text }) => /^\d{4}(?: \d{4}){3}$/m.exec(text)?.[0])
        .findLast(Boolean)
      assert.ok(digits)
      return digits
    })
    await page.getByLabel('Code from the e-mail').fill(code)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'This is your other account' }).and(page.locator(':focus')).waitFor()
    await page.locator('.merge-side', { hasText: 'The other account' }).getByText('remains').waitFor()
    await page.getByRole('button', { name: 'Merge' }).click()
    await page.getByText('The accounts are merged').waitFor()
    await page.locator('.ways').getByText(older.email).waitFor()
    await page.locator('.ways').getByText(younger.email).waitFor()
    await page.getByRole('button', { name: 'Separate' }).click()
    await page.getByLabel('Your present password').fill(password)
    await page.getByRole('button', { name: 'Yes, separate them' }).click()
    await page.getByText('The accounts are separate again').waitFor()
    await page.locator('.ways').getByText(younger.email).waitFor({ state: 'detached' })
    assert.deepEqual(problems, [])
    await close()
  },
)

/** Picks the number of the page in the bot, as the person with this id. */
async function pickNumber(page: Page, id: number, isRight = true): Promise<void> {
  const link = await page.getByRole('link', { name: 'Open the bot' }).getAttribute('href')
  const token = new URL(link ?? '').searchParams.get('start')?.slice('li_'.length) ?? ''
  const number = isRight ? Number(await page.locator('.code').innerText()) : null
  const body = { token, number, telegram_user: { id, first_name: 'Zoya' } }
  expectResponse(await web.shop.send(internalToken, 'POST /internal/telegram-logins/answer', { body }), 200)
}

test(
  'Telegram is added with a number that the bot asks for, and signs in from then on (ID-11, ID-12, WEB-1)',
  { skip, timeout: 90_000 },
  async () => {
    const { page, problems, close } = await visitorOf(web.browser, { viewport: phone })
    const { email, access_token } = await register('Zoya')
    await verify(email, access_token)
    await open(page, '/sign-in?next=/account/access')
    await enter(page, email)
    const begin = async () => {
      await page.getByLabel('Your present password').fill(password)
      await page.getByRole('button', { name: 'Continue' }).click()
    }
    await page.getByRole('button', { name: 'Add Telegram' }).click()
    await begin()
    await pickNumber(page, 901, false)
    await page.getByText('the sign-in was refused').waitFor()
    await begin()
    await pickNumber(page, 901)
    await page.locator('.ways').getByText('number 901').waitFor()
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.getByRole('button', { name: 'Sign in with Telegram' }).click()
    await pickNumber(page, 901)
    await page.getByRole('navigation', { name: 'Sections of the account' }).waitFor()
    await open(page, '/account/profile')
    await page.getByText(email).waitFor()
    assert.deepEqual(problems, [])
    await close()
  },
)

test(
  'the name and the language are saved, and a refusal stands beside its field in the reader’s language (ID-4, WEB-1)',
  { skip, timeout: 60_000 },
  async () => {
    const { page, problems, close } = await visitorOf(web.browser)
    const { email, access_token } = await register('Rita')
    await open(page, '/sign-in?next=/account/profile')
    await enter(page, email)
    await page.getByLabel('Your name').fill('Rita\u202e')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('At most 100 characters, on one line').waitFor()
    await page.getByLabel('Your name').fill('Margarita')
    await page.reload()
    await page.locator('html[data-ready]').waitFor({ state: 'attached' })
    await eventually(async () => assert.equal(await page.getByLabel('Your name').inputValue(), 'Margarita'))
    await page.getByLabel('Language of the pages and e-mails').selectOption('ru')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 1, name: 'Профиль' }).waitFor()
    const { name, locale } = expectResponse(await web.shop.send(access_token, 'GET /auth/me'), 200, UserView)
    assert.deepEqual([name, locale], ['Margarita', 'ru'])
    assert.deepEqual(problems, [])
    await close()
  },
)

test(
  'a customer downloads her data and deletes the account after reading what goes and what stays (ID-18, WEB-1)',
  { skip, timeout: 60_000 },
  async () => {
    const { page, problems, close } = await visitorOf(web.browser, { viewport: phone })
    const { email, access_token } = await register('Lida')
    await open(page, '/sign-in?next=/account/data')
    await enter(page, email)
    const downloading = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download the file' }).click()
    const stream = await (await downloading).createReadStream()
    const exported = JSON.parse(Buffer.concat(await stream.toArray()).toString()) as { user: { email: string } }
    assert.equal(exported.user.email, email)
    await page.getByRole('button', { name: 'Delete my account…' }).click()
    await page.getByText('without your name, for the books').waitFor()
    await page.getByLabel('Your present password').fill('a guess')
    await page.getByRole('button', { name: 'Delete for good' }).click()
    await page.getByText('The password is wrong.').waitFor()
    await page.getByLabel('Your present password').fill(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Your account is deleted' }).waitFor()
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
    expectProblem(await web.shop.send(access_token, 'GET /auth/me'), 401, 'unauthorized')
    assert.deepEqual(problems, [])
    await close()
  },
)

test(
  'an account that Telegram opened has no password, and the pages ask for none (ID-12, WEB-1)',
  { skip, timeout: 60_000 },
  async () => {
    const { page, problems, close } = await visitorOf(web.browser)
    const { user, ...tokens } = await signInWithTelegram(web.shop, 902)
    const session = { user, ...tokens, expires_at: Date.now() + 800_000 }
    await open(page, '/offline')
    await page.evaluate(`localStorage.setItem('posad.session', ${JSON.stringify(JSON.stringify(session))})`)
    await open(page, '/account/access')
    await page.getByText('There is no password: you sign in with Telegram').waitFor()
    const email = uniqueEmail('Tanya')
    await page.getByRole('button', { name: 'Add an e-mail' }).click()
    await page.getByLabel('The e-mail to add').fill(email)
    await page.keyboard.press('Enter')
    const code = await eventually(async () => {
      const digits = (await web.shop.mailsTo(email))
        .map(({ text }) => /^\d{4}(?: \d{4}){3}$/m.exec(text)?.[0])
        .findLast(Boolean)
      assert.ok(digits)
      return digits
    })
    await page.getByLabel('Code from the e-mail').fill(code)
    await page.keyboard.press('Enter')
    await page.getByText('The way to sign in is added').waitFor()
    await page.getByRole('link', { name: 'Send the link' }).click()
    await eventually(async () => assert.equal(await page.getByLabel('E-mail').inputValue(), email))
    assert.deepEqual(problems, [])
    await close()
  },
)
