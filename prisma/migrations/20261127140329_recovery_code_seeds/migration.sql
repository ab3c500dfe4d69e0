-- AlterTable
ALTER TABLE "second_factors" ADD COLUMN     "code_salt" TEXT,
ADD COLUMN     "code_seeds" TEXT[];
