#include "buf.h"

int filler_a_0;
int filler_a_1;
int filler_a_2;
int filler_a_3;
int filler_a_4;
int filler_a_5;
int filler_a_6;
int filler_a_7;
int filler_a_8;
int filler_a_9;
int filler_a_10;
int filler_a_11;

static int reset(struct buf *b)
{
	b->len = 0;
	return 0;
}

int filler_b_0;
int filler_b_1;
int filler_b_2;
int filler_b_3;
int filler_b_4;
int filler_b_5;
int filler_b_6;
int filler_b_7;
int filler_b_8;
int filler_b_9;
int filler_b_10;
int filler_b_11;

int filler_c_0;
int filler_c_1;
int filler_c_2;
int filler_c_3;
int filler_c_4;
int filler_c_5;
int filler_c_6;
int filler_c_7;
int filler_c_8;
int filler_c_9;
int filler_c_10;
int filler_c_11;

static int clear(struct buf *b)
{
	b->len = b->cap = 0;
	return 0;
}

int filler_d_0;
int filler_d_1;
int filler_d_2;
int filler_d_3;
int filler_d_4;
int filler_d_5;
int filler_d_6;
int filler_d_7;
int filler_d_8;
int filler_d_9;
int filler_d_10;
int filler_d_11;
