import { expect, type Locator, type Page } from '@playwright/test';

/** Goes on by the Tab key until something has the focus; whatever has it on the way must show it. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  const focus = page.locator(':focus');
  while ((await target.and(focus).count()) === 0) {
    await page.keyboard.press('Tab');
    // At the end of the page nothing has it.
    await expect(focus, `on the way to ${target.toString()}`).toHaveCount(1);
    // The browser scrolls there a moment later.
    await expect.poll(async () => focusFaults(page)).toEqual([]);
  }
}

/** What is wrong with how the focus shows: it has a ring, lies within the window, and nothing is in front of it. */
async function focusFaults(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const focused = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(focused);
    const { left, top, width, height } = focused.getBoundingClientRect();
    const inFront = document.elementFromPoint(left + width / 2, top + height / 2);
    const what = focused.outerHTML.slice(0, 100);
    return [
      ...(outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 ? [] : [what + ' has no ring']),
      ...(inFront === null ? [what + ' is out of view'] : []),
      ...(inFront === null || focused.contains(inFront) || inFront.contains(focused)
        ? []
        : [what + ' is behind ' + inFront.outerHTML.slice(0, 100)]),
    ];
  })()`);
}
