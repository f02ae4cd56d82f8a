// expect: 4
long product(long a, int b)
{
	long p = a * b;
	long *q = &a;
	unsigned long u = p;
	int i = u;
	return p + *q + i;
}
