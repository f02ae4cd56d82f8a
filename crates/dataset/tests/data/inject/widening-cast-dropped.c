// expect: 6
long area(int w, int h)
{
	long a = (long)w + h;
	a += (int)w * h;
	return a + (long)w * h;
}
