// SPDX-License-Identifier: Apache-2.0
//
// Who asks for dark pages gets them: Debian's build of the theme leaves that out of its style sheet.
'use strict';

document.addEventListener('DOMContentLoaded', () => {
  const asked = window.matchMedia('(prefers-color-scheme: dark)').matches;
  if (asked && document.body.dataset.theme === 'auto') document.body.dataset.theme = 'dark';
});
