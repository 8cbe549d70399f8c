/** Anna, for the API document. */
export const registerExample = { email: 'anna@example.org', password: 'oolong and peonies 7', name: 'Анна' }
export const logInExample = { email: 'anna@example.org', password: 'oolong and peonies 7' }

export const signedInExample = {
  user: {
    id: '01a1fcda-fec6-7bd9-a870-70789c7a9c12',
    email: 'anna@example.org',
    email_verified: false,
    name: 'Анна',
    role: 'customer',
    locale: 'ru',
    timezone: 'Europe/Moscow',
    is_active: true,
    created_at: '2026-11-21T06:46:12.933Z',
  },
  access_token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwMWExZmNkYSJ9.5Yldr5SlRGGTu-jzh28AjoSfxSPPvZ1m',
  refresh_token: 'TVOcXs6KLOyZTdla7ZyIlVOsgQwPwvzUbhdMJ4Bammg',
  expires_in: 900,
}
