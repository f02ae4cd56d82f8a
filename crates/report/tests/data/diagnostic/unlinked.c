int helper(int);

int main(void)
{
	int unused;
	return helper(1);
}
