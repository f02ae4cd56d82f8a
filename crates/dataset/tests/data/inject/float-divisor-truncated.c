// expect: 4
double half(int n, double d)
{
	double a = n / 2.0;
	a += n / 2.5;
	a += n / 0.0;
	return a + d / 2.0;
}
