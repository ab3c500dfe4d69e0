import { expect, type Locator, type Page } from '@playwright/test';

import { ADA, type Visitor } from './visitor.js';

/** Somebody who has no mouse. */
export class KeyboardUser {
  constructor(private readonly visitor: Visitor) {}

  link(name: string): Locator {
    return this.visitor.page.getByRole('link', { name }).first();
  }

  button(name: string): Locator {
    return this.visitor.page.getByRole('button', { name });
  }

  /** Follows a link, or presses a button. */
  async enter(target: Locator): Promise<void> {
    await this.visitor.step(`Tab to ${target.toString()}, and Enter`, async () => {
      await tabTo(this.visitor.page, target);
      await this.visitor.page.keyboard.press('Enter');
    });
  }

  /** Types into a field what takes the place of what is there, and sends its form. */
  async send(label: string, text: string): Promise<void> {
    await this.#type(label, text);
    await this.visitor.page.keyboard.press('Enter');
  }

  async logIn(): Promise<void> {
    await this.#type('E-mail address', ADA.email);
    await this.send('Password', ADA.password);
  }

  async #type(label: string, text: string): Promise<void> {
    const { page } = this.visitor;
    await tabTo(page, page.getByLabel(label));
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type(text);
  }
}

/** Goes on by the Tab key until something has the focus; whatever has it on the way must show it. */
async function tabTo(page: Page, target: Locator): Promise<void> {
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
