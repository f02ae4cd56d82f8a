// expect: 4
int test(int x, int *p)
{
	int y = x & 4;
	p = &x;
	return y && *p;
}
