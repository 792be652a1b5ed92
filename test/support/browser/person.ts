import type { Page } from 'playwright-core';

/** Fills in the sign-in page. */
export async function signIn(
  page: Page,
  user: { readonly email: string; readonly password: string },
): Promise<void> {
  await page.locator('input[name=email]').fill(user.email);
  await page.locator('[name=password]').fill(user.password);
  await page.locator('main button[type=submit]').last().click();
}

/** Selects organizers on the consent page by slug. */
export async function tick(page: Page, ...slugs: string[]): Promise<void> {
  for (const slug of slugs) {
    await page.locator(`[name=organizers][value="${slug}"]`).check();
  }
}

export async function allow(page: Page): Promise<void> {
  await page.locator('[name=decision][value=allow]').click();
}

export async function deny(page: Page): Promise<void> {
  await page.locator('[name=decision][value=deny]').click();
}
