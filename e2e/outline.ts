import { expect, type Page } from '@playwright/test';

/** Expects a page that says what it is: a language, one heading of the first level, and no level left out below it. */
export async function expectOutline(page: Page): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  const levels = await page
    .locator('h1, h2, h3, h4')
    .evaluateAll((headings) => headings.map((heading) => Number(heading.nodeName.slice(1))));
  expect(levels[0]).toBe(1);
  levels.reduce((before, level) => {
    expect(level).toBeLessThanOrEqual(before + 1);
    return level;
  }, 1);
}
