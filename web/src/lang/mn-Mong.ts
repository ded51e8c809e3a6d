// 示例译文，待校订: Mongolian in the traditional script, for the frame of the guide only. It shows how a
// language is dropped in and is not fit for use: nobody who knows the language has proofread it.
// What is missing here stays Chinese (docs/adding-language.md).
import type { Language } from '../shared/language';

export const language: Language = {
  tag: 'mn-Mong',
  name: 'ᠮᠣᠩᠭᠣᠯ',
  sample: true,
  note: '示例译文，待校订：只翻译了办理引导的部分文字，其余仍为中文；以中文为准。',
  covers: ['guide'],
  shared: {
    guide: {
      region: 'ᠳᠡᠯᠭᠡᠭᠦᠷ ᠬᠠᠮᠢᠭ᠎ᠠ ᠪᠠᠢᠨ᠎ᠠ ᠤᠤ?',
      regionHelp: 'ᠠᠵᠤ ᠠᠬᠤᠢ ᠶᠢᠨ ᠭᠠᠵᠠᠷ ᠤᠨ ᠲᠣᠭᠣᠷᠢᠭ ᠢ ᠰᠣᠩᠭᠣᠨ᠎ᠠ',
      single: 'ᠨᠢᠭᠡ ᠶᠢ ᠰᠣᠩᠭᠣᠨ᠎ᠠ',
      multi: 'ᠬᠡᠳᠦ ᠬᠡᠳᠦ ᠶᠢ ᠰᠣᠩᠭᠣᠵᠤ ᠪᠣᠯᠣᠨ᠎ᠠ',
      next: 'ᠳᠠᠷᠠᠭᠠᠬᠢ',
      previous: 'ᠡᠮᠦᠨᠡᠬᠢ',
      step: (n, all) => `ᠠᠰᠠᠭᠤᠯᠲᠠ ${n} / ${all}`,
      changeAnswer: 'ᠵᠠᠰᠠᠬᠤ',
      yourAnswers: 'ᠲᠠᠨ ᠤ ᠬᠠᠷᠢᠭᠤᠯᠲᠠ',
      result: 'ᠬᠡᠷᠡᠭᠲᠡᠢ ᠵᠥᠪᠰᠢᠶᠡᠷᠡᠯ',
      resultSoFar: 'ᠣᠳᠣᠬᠠᠨ ᠳ᠋ᠤ ᠬᠡᠷᠡᠭᠲᠡᠢ ᠵᠥᠪᠰᠢᠶᠡᠷᠡᠯ',
      permitCount: (n) => `ᠵᠥᠪᠰᠢᠶᠡᠷᠡᠯ: ${n}`,
      unsure: 'ᠮᠡᠳᠡᠬᠦ ᠦᠭᠡᠢ',
      notes: 'ᠠᠩᠬᠠᠷᠤᠭᠠᠷᠠᠢ',
      why: 'ᠶᠠᠭᠠᠬᠢᠭᠠᠳ ᠬᠡᠷᠡᠭᠲᠡᠢ ᠪᠣᠢ',
    },
  },
  portal: {
    guidePage: {
      print: 'ᠬᠡᠪᠯᠡᠬᠦ',
      finished: 'ᠪᠦᠬᠦ ᠠᠰᠠᠭᠤᠯᠲᠠ ᠳ᠋ᠤ ᠬᠠᠷᠢᠭᠤᠯᠵᠠᠢ',
    },
  },
};
