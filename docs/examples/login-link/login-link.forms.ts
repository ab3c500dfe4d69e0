import { z } from 'zod';

import { defineForm } from '../http/form.js';
import { emailField } from '../mail/email-field.js';

export const askForm = defineForm(
  { email: emailField },
  { view: 'login-link/ask', model: (form) => ({ form }), secret: [] },
);

export const followForm = defineForm({ token: z.string() });
