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

/* Flow chart and poster: the colours of the pages (web/src/shared/tokens.css). */
#define ACTION    ((struct colour){ 0x17, 0x50, 0x9e, 1 })
#define ACTION_SOFT ((struct colour){ 0xe8, 0xf0, 0xfa, 1 })
#define AMBER     ((struct colour){ 0x85, 0x50, 0x00, 1 })
#define AMBER_SOFT ((struct colour){ 0xff, 0xf6, 0xe2, 1 })
#define GREEN     ((struct colour){ 0x19, 0x65, 0x2f, 1 })
#define LINE_GREY ((struct colour){ 0x76, 0x84, 0x9a, 1 })
#define GROUND    ((struct colour){ 0xf3, 0xf5, 0xf8, 1 })
#define SOFT_INK  ((struct colour){ 0x50, 0x5b, 0x6b, 1 })

/* Flow chart: pt at scale 1; mm. */
#define FLOW_TITLE 9.0
#define FLOW_TEXT 8.0
#define FLOW_LANE_W 15.0     /* names of lanes, wide layout */
#define FLOW_PAD 1.5         /* inside a box */
#define FLOW_ABOVE 3.6       /* of a row, for the arrow */
#define FLOW_BELOW 2.2
#define FLOW_THIN 0.3
#define FLOW_THICK 0.8       /* the longest path */
#define FLOW_WIDE_W 200.0    /* as a picture of its own */
#define FLOW_WIDE_SCALE 1.2
#define FLOW_NARROW_W 84.0   /* on a phone of 360 px in a card: 3.5 px a mm, text of 12.3 px */
#define FLOW_NARROW_SCALE 1.25
#define FLOW_TRUNK 4.0       /* the line of the narrow layout, from the left */
#define FLOW_NARROW_X 9.0    /* its boxes */

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

/* Certificate of one permit, A4 portrait. */
#define CERT_W 210.0
#define CERT_H 297.0
#define CERT_FRAME 9.0
#define CERT_LEFT 27.0
#define CERT_RIGHT 183.0
#define CERT_TITLE_Y 34.0
#define CERT_BODY_Y 78.0
#define CERT_FOOT_Y 206.0
#define CERT_PRINT_Y 274.0
#define CERT_SEAL 42.0

/* Card, a phone's width: 90 mm are 1080 pixels. */
#define CARD_W 90.0
#define CARD_PIXELS 12.0     /* per mm */
#define CARD_MARGIN 6.0
#define CARD_QR 66.0         /* version 25 has modules of 6 pixels */

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

/* Manual, A4 portrait. */
#define MAN_LEFT 25.0
#define MAN_RIGHT 187.0
#define MAN_TOP 28.0
#define MAN_BOTTOM 274.0
#define MAN_HEAD_Y 14.0
#define MAN_FOOT_Y 280.0
#define MAN_BODY 10.5
#define MAN_LEADING 1.65

/* Poster, A3 portrait. */
#define POST_W 297.0
#define POST_H 420.0
#define POST_MARGIN 18.0
#define POST_BAND 84.0       /* height of the coloured head */
#define POST_QR 58.0         /* side: read from two metres */

#endif
