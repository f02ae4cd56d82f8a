// expect: 6
int mean(int a, int b, double c, const char *p, const char *q)
{
	a += (c + 1) / 2 + (q - p) / 2;
	a = (a + b) + 1;
	return (a + b) / 2;
}
