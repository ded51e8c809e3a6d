/* style: every colour, size and distance of the papers, in one place. mm and pt. */
#ifndef YZ_DOC_STYLE_H
#define YZ_DOC_STYLE_H

#include "doc/device.h"

#define INK       ((struct colour){ 0x22, 0x20, 0x1e, 1 })
#define GREY      ((struct colour){ 0x6b, 0x66, 0x60, 1 })
#define RED       ((struct colour){ 0x9c, 0x1c, 0x1f, 1 }) /* frame and title of the licence */
#define GOLD      ((struct colour){ 0xb4, 0x8f, 0x57, 1 })
#define PAPER     ((struct colour){ 0xff, 0xfd, 0xf8, 1 })
#define TINT      ((struct colour){ 0xf6, 0xec, 0xe0, 1 }) /* behind heads of tables */
#define RULE      ((struct colour){ 0xc8, 0xb0, 0x9c, 1 })
#define WHITE     ((struct colour){ 0xff, 0xff, 0xff, 1 })
#define SEAL_RED  ((struct colour){ 0xd0, 0x1f, 0x26, 0.86 })
#define VOID_RED  ((struct colour){ 0xc8, 0x14, 0x1a, 0.30 })
#define SAMPLE_INK ((struct colour){ 0x9c, 0x1c, 0x1f, 0.055 })
#define LETTER_RED ((struct colour){ 0xc4, 0x1e, 0x24, 1 })
#define LETTER_RULE ((struct colour){ 0x9a, 0x9a, 0x9a, 1 })
#define LETTER_TINT ((struct colour){ 0xf0, 0xf2, 0xf5, 1 })

/* Least printed width of a QR module, so that a 300 dpi print and an old phone cope. */
#define QR_MODULE 0.33
#define QR_LEAST 25.0
#define QR_MOST 38.0 /* what the foot of the licence holds: version 25 */
#define QR_QUIET 4.0 /* modules */

/* Licence, A4 landscape. */
#define LIC_W 297.0
#define LIC_H 210.0
#define LIC_FRAME 8.0        /* outer line from the edge */
#define LIC_FRAME_LINE 1.7
#define LIC_FRAME_IN 10.9    /* inner line from the edge */
#define LIC_FRAME_IN_LINE 0.35
#define LIC_LEFT 23.0        /* text */
#define LIC_RIGHT 274.0
#define LIC_TITLE_Y 24.0
#define LIC_TITLE 36.0       /* pt */
#define LIC_TITLE_SPACE 0.26 /* em between letters */
#define LIC_BODY_Y 51.0      /* holder block */
#define LIC_FOOT_Y 152.0     /* QR, issuer and seal */
#define LIC_PRINT_Y 194.0    /* small print, base of the content */
#define LIC_SEAL 40.0        /* diameter */

/* Letter, A4 portrait; the type area of GB/T 9704. */
#define LET_W 210.0
#define LET_H 297.0
#define LET_LEFT 28.0
#define LET_RIGHT 184.0
#define LET_TOP 30.0
#define LET_BOTTOM 268.0
#define LET_FOOT_Y 276.0
#define LET_BODY 12.0        /* pt */
#define LET_LEADING 1.75
#define LET_SEAL 38.0
#define LET_SIGN 18.0        /* room of a signature where there is no seal */

#endif
