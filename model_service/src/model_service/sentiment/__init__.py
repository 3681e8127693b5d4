"""What a text says about a company's prospects, in the words of an investor; knows no candle."""
